// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {Deploy} from "./Deploy.sol";
import {ExecutorConfig, Origin, UlnConfig} from "./Interfaces.sol";
import {Watchers} from "./Watchers.sol";

struct DefaultUln {
    uint32 eid;
    UlnConfig config;
}

struct DefaultExecutor {
    uint32 eid;
    ExecutorConfig config;
}

struct DvnDst {
    uint32 dstEid;
    uint64 gas;
    uint16 multiplierBps;
    uint128 floorMarginUSD;
}

struct ExecutorDst {
    uint32 dstEid;
    uint64 lzReceiveBaseGas;
    uint64 lzComposeBaseGas;
    uint16 multiplierBps;
    uint128 floorMarginUSD;
    uint128 nativeCap;
}

struct Price {
    uint128 priceRatio;
    uint64 gasPriceInUnit;
    uint32 gasPerByte;
}

struct PriceOf {
    uint32 eid;
    Price price;
}

struct ExecutorCall {
    address receiver;
    Origin origin;
    bytes32 guid;
    bytes message;
    bytes extraData;
    uint256 gasLimit;
}

struct DvnCall {
    uint32 vid;
    address target;
    bytes callData;
    uint256 expiration;
    bytes signatures;
}

interface IEndpoint {
    event PacketSent(bytes encodedPayload, bytes options, address sendLibrary);

    error LZ_InvalidNonce(uint64 nonce);
    error LZ_PathNotVerifiable();
    error LZ_Unauthorized();

    function blockedLibrary() external view returns (address);
    function lazyInboundNonce(address receiver, uint32 srcEid, bytes32 sender) external view returns (uint64);
    function inboundPayloadHash(address receiver, uint32 srcEid, bytes32 sender, uint64 nonce)
        external
        view
        returns (bytes32);
    function registerLibrary(address lib) external;
    function setDefaultSendLibrary(uint32 eid, address lib) external;
    function setDefaultReceiveLibrary(uint32 eid, address lib, uint256 gracePeriod) external;
    function getConfig(address oapp, address lib, uint32 eid, uint32 configType) external view returns (bytes memory);
    function getSendLibrary(address sender, uint32 eid) external view returns (address);
    function isDefaultSendLibrary(address sender, uint32 eid) external view returns (bool);
    function getReceiveLibrary(address receiver, uint32 eid) external view returns (address lib, bool isDefault);
    function delegates(address oapp) external view returns (address);
    function lzReceive(Origin calldata origin, address receiver, bytes32 guid, bytes calldata message, bytes calldata)
        external
        payable;
    function burn(address oapp, uint32 srcEid, bytes32 sender, uint64 nonce, bytes32 payloadHash) external;
    function clear(address oapp, Origin calldata origin, bytes32 guid, bytes calldata message) external;
}

interface IUln {
    error LZ_ULN_Verifying();

    function setTreasury(address treasury) external;
    function setDefaultUlnConfigs(DefaultUln[] calldata params) external;
    function setDefaultExecutorConfigs(DefaultExecutor[] calldata params) external;
    function verify(bytes calldata header, bytes32 payloadHash, uint64 confirmations) external;
    function commitVerification(bytes calldata header, bytes32 payloadHash) external;
}

interface IWorker {
    function initialize(address priceUpdater) external;
    function initialize(
        address endpoint,
        address receiveUln301,
        address[] calldata messageLibs,
        address priceFeed,
        address roleAdmin,
        address[] calldata admins
    ) external;
    function setNativeTokenPriceUSD(uint128 price) external;
    function setPrice(PriceOf[] calldata prices) external;
    function setWorkerFeeLib(address lib) external;
    function setDstConfig(DvnDst[] calldata params) external;
    function setDstConfig(ExecutorDst[] calldata params) external;
    function execute(DvnCall[] calldata params) external;
    function execute302(ExecutorCall calldata params) external payable;
    function hashCallData(uint32 vid, address target, bytes calldata callData, uint256 expiration)
        external
        view
        returns (bytes32);
}

/// @dev One chain's LayerZero V2 as it runs in production, from the bytecode in LayerZero's packages.
struct Stack {
    uint32 eid;
    IEndpoint endpoint;
    address sendUln;
    address receiveUln;
    address executor;
    address[] dvns; // ascending
    uint256[] dvnKeys; // the one signer of each
}

library LayerZeroStack {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    string internal constant ROOT = "node_modules/@layerzerolabs/";
    uint64 internal constant CONFIRMATIONS = 15;

    /// @dev The caller owns all of it.
    function deploy(Stack storage stack, uint32 eid) internal {
        stack.eid = eid;
        address endpoint = _create("lz-evm-protocol-v2", "EndpointV2", "EndpointV2", abi.encode(eid, address(this)));
        stack.endpoint = IEndpoint(endpoint);
        string memory lib = "lz-evm-messagelib-v2";
        stack.sendUln =
            _create(lib, "uln/uln302/SendUln302", "SendUln302", abi.encode(endpoint, uint256(100_000), uint256(1e18)));
        stack.receiveUln = _create(lib, "uln/uln302/ReceiveUln302", "ReceiveUln302", abi.encode(endpoint));
        address priceFeed = _create(lib, "PriceFeed", "PriceFeed", "");
        IWorker(priceFeed).initialize(address(this));
        IWorker(priceFeed).setNativeTokenPriceUSD(3000e20);
        stack.executor = _create(lib, "Executor", "Executor", "");
        address[] memory libs = new address[](1);
        libs[0] = stack.sendUln;
        address[] memory admins = new address[](1);
        admins[0] = address(this);
        IWorker(stack.executor).initialize(endpoint, address(0), libs, priceFeed, address(this), admins);
        IWorker(stack.executor)
            .setWorkerFeeLib(_create(lib, "ExecutorFeeLib", "ExecutorFeeLib", abi.encode(eid, uint256(1e18))));
        _deployDvns(stack, priceFeed, libs, admins);
        IUln(stack.sendUln).setTreasury(_create(lib, "Treasury", "Treasury", ""));
        stack.endpoint.registerLibrary(stack.sendUln);
        stack.endpoint.registerLibrary(stack.receiveUln);
    }

    function _deployDvns(Stack storage stack, address priceFeed, address[] memory libs, address[] memory admins)
        private
    {
        address feeLib = _create(
            "lz-evm-messagelib-v2", "uln/dvn/DVNFeeLib", "DVNFeeLib", abi.encode(stack.eid, uint256(1e18))
        );
        for (uint256 i = 0; i < 2; ++i) {
            uint256 key = uint256(keccak256(abi.encode("dvn", stack.eid, i)));
            bytes memory args = _dvnArgs(stack.eid, libs, priceFeed, VM.addr(key), admins);
            address dvn = _create("lz-evm-messagelib-v2", "uln/dvn/DVN", "DVN", args);
            IWorker(dvn).setWorkerFeeLib(feeLib);
            stack.dvns.push(dvn);
            stack.dvnKeys.push(key);
        }
        if (stack.dvns[0] > stack.dvns[1]) {
            (stack.dvns[0], stack.dvns[1]) = (stack.dvns[1], stack.dvns[0]);
            (stack.dvnKeys[0], stack.dvnKeys[1]) = (stack.dvnKeys[1], stack.dvnKeys[0]);
        }
    }

    function _dvnArgs(uint32 eid, address[] memory libs, address priceFeed, address signer, address[] memory admins)
        private
        pure
        returns (bytes memory)
    {
        address[] memory signers = new address[](1);
        signers[0] = signer;
        return abi.encode(eid, eid % 30_000, libs, priceFeed, signers, uint64(1), admins);
    }

    /// @dev Prices, and the defaults that LayerZero would own.
    function connect(Stack storage stack, uint32 remote) internal {
        PriceOf[] memory prices = new PriceOf[](1);
        prices[0] = PriceOf(remote % 30_000, Price(1e20, 1e9, 16));
        IWorker(_priceFeed(stack)).setPrice(prices);
        ExecutorDst[] memory executorDst = new ExecutorDst[](1);
        executorDst[0] = ExecutorDst(remote, 30_000, 0, 12_000, 0, 1 ether);
        IWorker(stack.executor).setDstConfig(executorDst);
        DvnDst[] memory dvnDst = new DvnDst[](1);
        dvnDst[0] = DvnDst(remote, 100_000, 12_000, 0);
        for (uint256 i = 0; i < 2; ++i) {
            IWorker(stack.dvns[i]).setDstConfig(dvnDst);
        }
        DefaultUln[] memory uln = new DefaultUln[](1);
        uln[0] = DefaultUln(remote, pinned(stack));
        uln[0].config.optionalDVNCount = 0;
        IUln(stack.sendUln).setDefaultUlnConfigs(uln);
        IUln(stack.receiveUln).setDefaultUlnConfigs(uln);
        DefaultExecutor[] memory executors = new DefaultExecutor[](1);
        executors[0] = DefaultExecutor(remote, ExecutorConfig(10_000, stack.executor));
        IUln(stack.sendUln).setDefaultExecutorConfigs(executors);
        stack.endpoint.setDefaultSendLibrary(remote, stack.sendUln);
        stack.endpoint.setDefaultReceiveLibrary(remote, stack.receiveUln, 0);
    }

    function _priceFeed(Stack storage stack) private view returns (address feed) {
        (, bytes memory result) = stack.executor.staticcall(abi.encodeWithSignature("priceFeed()"));
        feed = abi.decode(result, (address));
    }

    /// @dev Two required verifiers of this chain, no optional ones.
    function pinned(Stack storage stack) internal view returns (UlnConfig memory) {
        return UlnConfig(CONFIRMATIONS, 2, 255, 0, stack.dvns, new address[](0));
    }

    /// @dev What a verifier's off-chain part does: signs that this chain's DVN shall verify a packet.
    function verification(Stack storage stack, uint256 i, bytes memory header, bytes32 payloadHash)
        internal
        view
        returns (DvnCall[] memory calls)
    {
        calls = new DvnCall[](1);
        calls[0] = DvnCall(
            stack.eid % 30_000,
            stack.receiveUln,
            abi.encodeCall(IUln.verify, (header, payloadHash, CONFIRMATIONS)),
            VM.getBlockTimestamp() + 1 days,
            ""
        );
        bytes32 digest =
            IWorker(stack.dvns[i]).hashCallData(calls[0].vid, calls[0].target, calls[0].callData, calls[0].expiration);
        calls[0].signatures =
            Watchers.sign(stack.dvnKeys[i], keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", digest)));
    }

    function _create(string memory package, string memory path, string memory name, bytes memory args)
        private
        returns (address)
    {
        string memory file = string.concat(ROOT, package, "/artifacts/contracts/", path, ".sol/", name, ".json");
        bytes memory code = VM.parseJsonBytes(VM.readFile(file), ".bytecode");
        return Deploy.create(abi.encodePacked(code, args));
    }
}
